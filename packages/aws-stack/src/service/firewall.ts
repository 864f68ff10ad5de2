/** What does not even reach the gateway: known attacks, and addresses that ask too much. */

import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { Stage } from "../stages.ts";

export interface FirewallProps {
  readonly stage: Stage;
  /** Of the stage of the gateway. */
  readonly protectedArn: string;
}

/** A group of Amazon's rules, without those that refuse what the API takes. */
const GROUPS: readonly { readonly name: string; readonly counted?: readonly string[] }[] = [
  {
    name: "AWSManagedRulesCommonRuleSet",
    // A hundred ids are longer than its 2 KB, titles look like anything, and programs need not say what they are.
    counted: [
      "SizeRestrictions_QUERYSTRING",
      "CrossSiteScripting_QUERYARGUMENTS",
      "GenericLFI_QUERYARGUMENTS",
      "GenericRFI_QUERYARGUMENTS",
      "NoUserAgent_HEADER",
    ],
  },
  { name: "AWSManagedRulesKnownBadInputsRuleSet" },
  { name: "AWSManagedRulesAmazonIpReputationList" },
];

export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stage, protectedArn }: FirewallProps) {
    super(scope, id);
    const rate: CfnWebACL.RuleProperty = {
      name: "RequestsPerAddress",
      priority: 0,
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: { rateBasedStatement: { limit: stage.gateway.requestsPerAddress, aggregateKeyType: "IP" } },
      visibilityConfig: visibleAs("RequestsPerAddress"),
    };
    const groups = GROUPS.map(
      ({ name, counted = [] }, at): CfnWebACL.RuleProperty => ({
        name,
        priority: at + 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: "AWS",
            name,
            ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
          },
        },
        visibilityConfig: visibleAs(name),
      }),
    );
    const acl = new CfnWebACL(this, "Acl", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      rules: [rate, ...groups],
      visibilityConfig: visibleAs("MovieStore"),
    });
    new CfnWebACLAssociation(this, "Association", { webAclArn: acl.attrArn, resourceArn: protectedArn });
  }
}

function visibleAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
