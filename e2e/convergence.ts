/** The heart of the store: what it holds follows from the set of updates, not from how they came. */

import assert from "node:assert/strict";
import {
  eachFilm,
  type FilmState,
  type MovieRepository,
  MovieStore,
  type ProviderRecord,
  type Receipt,
  recordIdOf,
} from "@movie-store/core";
import fc from "fast-check";
import { type Delivery, deliveriesArbitrary, idOfObject } from "./update-arbitrary.ts";

/** After every time that the updates bear, so that none of them depends on when it was received. */
const CLOCK_MS = Date.UTC(2024, 4, 2);

/** All that must not depend on the order of arrival: what changed when, and by which number, may. */
interface Outcome {
  readonly films: readonly FilmState[];
  readonly records: readonly (ProviderRecord | undefined)[];
  readonly receipts: readonly Partial<Receipt>[];
}

/**
 * Any order, any repetition and any batching of the same updates end in the same films, records and verdicts; the
 * feed leads to these films; the log makes them again.
 *
 * @param openRepository opens an empty one each time it is called; the property closes it.
 */
export function convergenceProperty(
  openRepository: () => Promise<MovieRepository>,
): fc.IAsyncProperty<[readonly [Delivery, Delivery]]> {
  return fc.asyncProperty(deliveriesArbitrary(), async ([first, second]) => {
    const opened: MovieRepository[] = [];
    const open = async () => {
      const repository = await openRepository();
      opened.push(repository);
      return repository;
    };
    try {
      const one = await deliver(await open(), first);
      const two = await deliver(await open(), second);
      const ids = [...new Set(first.flat().map(idOfObject))].sort();
      const expected = await outcomeOf(one, ids);
      assert.deepEqual(await outcomeOf(two, ids), expected);
      await assertFeedLeadsTo(expected.films, one.repository);
      await assertVerified(one.store, await open());

      const rebuilt = await one.store.rebuild();
      assert.equal(rebuilt.changed, 0, "a rebuild of an intact store changes nothing");
      assert.deepEqual(await outcomeOf(one, ids), expected);
      await assertVerified(one.store, await open());
    } finally {
      for (const repository of opened) await repository.close();
    }
  });
}

interface Opened {
  readonly store: MovieStore;
  readonly repository: MovieRepository;
}

async function deliver(repository: MovieRepository, delivery: Delivery): Promise<Opened> {
  const store = new MovieStore({ repository, clock: () => CLOCK_MS, priority: ["bolt"] });
  for (const batch of delivery) await store.ingestMany(batch);
  return { store, repository };
}

async function outcomeOf({ repository }: Opened, updateIds: readonly string[]): Promise<Outcome> {
  const films: FilmState[] = [];
  for await (const { state } of eachFilm(repository)) films.push(state);
  const receipts = (await repository.receipts(updateIds)).map((receipt) => {
    assert.ok(receipt !== undefined, "every update has a receipt");
    const { changes: _, readableAtMs: __, ...lasting } = receipt;
    return lasting;
  });
  const recordIds = receipts.flatMap(({ provider, sourceId }) =>
    sourceId === undefined ? [] : [recordIdOf(provider, sourceId)],
  );
  return { films, records: await repository.records([...new Set(recordIds)]), receipts };
}

/** Numbered without a gap; each change begins where the one before it ended, and the last ends in the film. */
async function assertFeedLeadsTo(films: readonly FilmState[], repository: MovieRepository): Promise<void> {
  const changes = await repository.changes({ after: 0, limit: 1_000 });
  assert.deepEqual(
    changes.map((change) => change.number),
    changes.map((_, at) => at + 1),
  );
  const states = new Map<string, FilmState>();
  for (const change of changes) {
    const known = states.get(change.movieId);
    if (known !== undefined) assert.deepEqual(readable(change.before), readable(known));
    states.set(change.movieId, change.after);
  }
  for (const film of films) {
    const last = states.get(film.id);
    if (last !== undefined || film.status === "live") assert.deepEqual(readable(last), readable(film));
  }
}

/** What readers see of a state: not which records are behind it. */
function readable(state: FilmState | undefined): unknown {
  if (state === undefined || state.status === "merged") return state;
  const { records: _, ...rest } = state;
  return rest;
}

async function assertVerified(store: MovieStore, scratch: MovieRepository): Promise<void> {
  const { differences } = await store.verify(scratch);
  assert.deepEqual(differences, []);
}
