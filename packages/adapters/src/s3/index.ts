export { type ReceiptSums, S3ReceiptWriter, type S3ReceiptWriterOptions } from "./receipt-writer.ts";
export type { Replica } from "./replica.ts";
export { S3UpdateSource, type S3UpdateSourceOptions } from "./update-source.ts";
