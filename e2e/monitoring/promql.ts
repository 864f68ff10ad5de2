/** What a PromQL expression asks for. */

import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Functions it is an argument of, inside first. */
  readonly functions: readonly string[];
  /** Labels that what encloses it groups or joins by. */
  readonly groupedBy: readonly string[];
  /** Whether an aggregation takes the other labels away. */
  readonly isAggregated: boolean;
}

/** @throws SyntaxError for what is no PromQL, or selects without naming a metric. */
export function selectorsOf(expression: string): readonly Selector[] {
  const selectors: Selector[] = [];
  const textOf = (node: SyntaxNode) => expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter: ({ type, from, node }) => {
      if (type.isError) throw new SyntaxError(`not PromQL at character ${from}: ${expression}`);
      if (type.name === "VectorSelector") selectors.push(selectorOf(node, textOf));
    },
  });
  return selectors;
}

type TextOf = (node: SyntaxNode) => string;

function selectorOf(node: SyntaxNode, textOf: TextOf): Selector {
  const name = node.getChild("Identifier");
  if (name === null) throw new SyntaxError(`names no metric: ${textOf(node)}`);
  const functions: string[] = [];
  const groupedBy: string[] = [];
  let isAggregated = false;
  for (let above = node.parent; above !== null; above = above.parent) {
    const called = above.name === "FunctionCall" ? above.getChild("FunctionIdentifier") : null;
    if (called !== null) functions.push(textOf(called));
    isAggregated ||= above.name === "AggregateExpr";
    groupedBy.push(...labelsOf(above.getChild("AggregateModifier"), textOf));
    groupedBy.push(...labelsOf(above.getChild("MatchingModifierClause"), textOf));
  }
  return { metric: textOf(name), matchers: matchersOf(node, textOf), functions, groupedBy, isAggregated };
}

function labelsOf(modifier: SyntaxNode | null, textOf: TextOf): readonly string[] {
  const groups = modifier?.getChildren("GroupingLabels") ?? [];
  return groups.flatMap((group) => group.getChildren("LabelName").map(textOf));
}

function matchersOf(node: SyntaxNode, textOf: TextOf): readonly Matcher[] {
  const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  return matchers.map((matcher) => {
    const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((part) => {
      const child = matcher.getChild(part);
      if (child === null) throw new SyntaxError(`not a matcher: ${textOf(matcher)}`);
      return textOf(child);
    }) as [string, string, string];
    return { label, operator, value: JSON.parse(value) as string };
  });
}
