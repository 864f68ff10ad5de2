/**
 * Which provider records are one film: a pure function from records to groups. It needs no more than the records
 * that are connected through shared keys, and gives for them what it would give for the whole store.
 *
 * 1. Records with an equal external id are one film, whoever says so.
 * 2. An equal normalised title and year joins what (1) left apart, if nothing speaks against it: each provider
 *    concerned has only one film of that name and year, and no external ids contradict each other. Otherwise that
 *    title and year join nobody: two films shown as two can be corrected by an id, two films mixed up can't be seen.
 * 3. A withdrawn record speaks neither for nor against a join. It follows the film it would belong to, so that its
 *    id keeps leading there.
 */

import { EXTERNAL_ID_SCHEMES } from "./facts.ts";
import { compareText, normaliseName } from "./normalise.ts";
import type { ProviderRecord } from "./provider-record.ts";

/** Records that are one film. */
export interface Group {
  /** The id of the oldest record: a film keeps its id, and of two that turn out to be one the older survives. */
  readonly id: string;
  /** The records that speak for the film now; empty when every provider withdrew it. Oldest first. */
  readonly live: readonly ProviderRecord[];
  readonly withdrawn: readonly ProviderRecord[];
}

/** All keys by which a record can meet others: two records without a common key are never compared. */
export function identityKeys(record: ProviderRecord): readonly string[] {
  const title = titleKey(record);
  return title === undefined ? externalKeys(record) : [...externalKeys(record), title];
}

function externalKeys(record: ProviderRecord): readonly string[] {
  const ids = record.facts?.externalIds ?? {};
  return EXTERNAL_ID_SCHEMES.flatMap((scheme) =>
    ids[scheme] === undefined ? [] : [`${scheme}:${ids[scheme]}`],
  );
}

function titleKey(record: ProviderRecord): string | undefined {
  const { facts } = record;
  if (facts?.year === undefined) return undefined;
  return `title:${facts.year}:${normaliseName(facts.title)}`;
}

/** @param records closed under {@link identityKeys}: with a record all those are given that share a key with it. */
export function groupRecords(records: readonly ProviderRecord[]): readonly Group[] {
  const ordered = records.toSorted(byAge);
  const live = partition(ordered.filter((record) => !record.withdrawn));
  const followers = new Map<readonly ProviderRecord[], ProviderRecord[]>();
  const alone: ProviderRecord[] = [];
  for (const record of ordered) {
    if (!record.withdrawn) continue;
    const film = filmOf(record, live);
    if (film === undefined) alone.push(record);
    else followers.set(film, [...(followers.get(film) ?? []), record]);
  }
  return [
    ...live.map((members) => groupOf(members, followers.get(members) ?? [])),
    ...partition(alone).map((members) => groupOf([], members)),
  ];
}

function groupOf(live: readonly ProviderRecord[], withdrawn: readonly ProviderRecord[]): Group {
  const [oldest] = [...live, ...withdrawn].toSorted(byAge);
  return { id: (oldest as ProviderRecord).id, live, withdrawn };
}

function byAge(a: ProviderRecord, b: ProviderRecord): number {
  return a.sinceMs - b.sinceMs || compareText(a.id, b.id);
}

type Cluster = readonly ProviderRecord[];

function partition(records: readonly ProviderRecord[]): readonly Cluster[] {
  const singles = records.map((record) => [record]);
  const clusters = connect(singles, ([record]) => externalKeys(record as ProviderRecord)).map((part) =>
    part.flat(),
  );
  const joining = joiningTitles(clusters);
  const films = connect(clusters, (cluster) => titleKeys(cluster).filter((key) => joining.has(key)));
  // A chain of titles may still have tied together what must stay apart: then none of its titles count.
  return films
    .flatMap((film) => (agree(film) ? [film.flat()] : film))
    .map((members) => members.toSorted(byAge));
}

/** The connected components of `units`, where an equal key connects two. */
function connect(
  units: readonly Cluster[],
  keysOf: (unit: Cluster) => readonly string[],
): readonly Cluster[][] {
  const parent = units.map((_, at) => at);
  const find = (at: number): number => {
    let root = at;
    while (parent[root] !== root) root = parent[root] as number;
    parent[at] = root;
    return root;
  };
  const first = new Map<string, number>();
  for (const [at, unit] of units.entries()) {
    for (const key of keysOf(unit)) {
      const other = first.get(key);
      if (other === undefined) first.set(key, at);
      else parent[find(at)] = find(other);
    }
  }
  const parts = Map.groupBy(units.keys(), find);
  return [...parts.values()].map((part) => part.map((at) => units[at] as Cluster));
}

function titleKeys(cluster: Cluster): readonly string[] {
  return [...new Set(cluster.map(titleKey))].filter((key) => key !== undefined);
}

function joiningTitles(clusters: readonly Cluster[]): ReadonlySet<string> {
  const bearers = new Map<string, Cluster[]>();
  for (const cluster of clusters) {
    for (const key of titleKeys(cluster)) bearers.set(key, [...(bearers.get(key) ?? []), cluster]);
  }
  return new Set(
    [...bearers].filter(([, sharing]) => sharing.length > 1 && agree(sharing)).map(([key]) => key),
  );
}

/** Whether clusters may be one film: no provider is in two of them, no external ids contradict. */
function agree(clusters: readonly Cluster[]): boolean {
  const providers = new Set<string>();
  const schemes = new Set<string>();
  for (const cluster of clusters) {
    const own = new Set(cluster.map((record) => record.provider));
    for (const provider of own) {
      if (providers.has(provider)) return false;
      providers.add(provider);
    }
    for (const scheme of new Set(cluster.flatMap(externalKeys).map(schemeOf))) {
      if (schemes.has(scheme)) return false; // an equal id would have joined them before
      schemes.add(scheme);
    }
  }
  return true;
}

function schemeOf(externalKey: string): string {
  return externalKey.slice(0, externalKey.indexOf(":"));
}

/** The film that a withdrawn record belongs to: by external id, else by a title and year that only it bears. */
function filmOf(record: ProviderRecord, films: readonly Cluster[]): Cluster | undefined {
  const keys = new Set(externalKeys(record));
  const byId = films.filter((film) =>
    film.some((member) => externalKeys(member).some((key) => keys.has(key))),
  );
  if (byId.length > 0) return byId.length === 1 ? byId[0] : undefined;
  const title = titleKey(record);
  if (title === undefined) return undefined;
  const byTitle = films.filter((film) => film.some((member) => titleKey(member) === title));
  const [film] = byTitle;
  return byTitle.length === 1 && film !== undefined && agree([film, [record]]) ? film : undefined;
}
