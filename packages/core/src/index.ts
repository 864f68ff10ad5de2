export * from "./answers.ts";
export * from "./cache.ts";
export { CachedAnswers, type CachedAnswersOptions } from "./cached-answers.ts";
export * from "./change.ts";
export {
  type Commit,
  changeOfRebuild,
  type FilmWrite,
  finishedFilm,
  type LogEntry,
  latestReceipt,
  logEntryOf,
  numberDecision,
  receiptOf,
} from "./commit.ts";
export { mapConcurrently } from "./concurrent.ts";
export {
  type Decide,
  type Decision,
  decide,
  type FilmChange,
  type Outcome,
  type RecordChange,
  type WorkingSet,
} from "./decide.ts";
export * from "./errors.ts";
export * from "./facts.ts";
export * from "./find-parameters.ts";
export { CsvReader, type CsvRow, readCsvRows } from "./formats/csv.ts";
export { type Gunzip, readBytes, recognise } from "./formats/recognise.ts";
export { type Group, groupRecords, identityKeys } from "./identity.ts";
export type { IngestFromOptions, IngestSums } from "./ingest-from.ts";
export * from "./kept-values.ts";
export * from "./layered-cache.ts";
export { MemoryCache, type MemoryCacheOptions } from "./memory/cache.ts";
export { firstOfEach, MemoryMovieRepository } from "./memory/movie-repository.ts";
export { MemoryUpdateSource } from "./memory/update-source.ts";
export { type Merged, type MergedField, type MergeRules, mergeRecords } from "./merge.ts";
export * from "./movie.ts";
export * from "./movie-repository.ts";
export * from "./movie-store.ts";
export {
  beginningOfKeys,
  keysOfName,
  MAX_KEYS,
  MAX_TIER,
  type NameKey,
  nameOfKey,
  tierOf,
} from "./name-keys.ts";
export { compareText, normaliseName, piecesOf, wordsOf } from "./normalise.ts";
export * from "./page-order.ts";
export { newestUpdate, type ProviderRecord } from "./provider-record.ts";
export * from "./query.ts";
export { type ReceiptAnswer, receiptAnswer } from "./receipt-answer.ts";
export { isReceiptKey, RECEIPTS_PREFIX, receiptKey } from "./receipt-key.ts";
export { deletionsOfStart, MAX_WORDS_TRIED, type NearWord, nearBeginning, startOfWord } from "./spelling.ts";
export { DEFAULT_PREFIX, MAX_CLOCK_AHEAD_MS, type ReadOptions, readSubmission } from "./submission.ts";
export { MAX_SUGGEST_TEXT, MAX_SUGGESTIONS, type SuggestOptions } from "./suggest.ts";
export { type CountedTerm, isSuggested, type SuggestionRows, suggestionRows } from "./suggestion-rows.ts";
export { EVERY_FILM, sortTitle, sortYear, tag, tagsOf, term, termsOf } from "./terms.ts";
export * from "./update.ts";
export * from "./update-source.ts";
export type { ValuePageOptions } from "./value-answers.ts";
export { type Difference, eachFilm, MAX_DIFFERENCES, type VerifyReport, verifyRepository } from "./verify.ts";
export {
  loadWorkingSet,
  type WorkingSetAnswer,
  type WorkingSetLookup,
  type WorkingSetRequest,
  workingSetLoading,
} from "./working-set.ts";
