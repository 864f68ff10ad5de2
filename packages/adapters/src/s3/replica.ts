/** Two names of one bucket: a replica in another region goes by the name of its original in the log. */

/**
 * The id of an update is made of the bucket's name, so without this every object would be taken in again under another
 * id when a replica takes the place of its original. A replica has the same keys, versions, bytes and dates.
 */
export interface Replica {
  /** The bucket that is there. */
  readonly bucket: string;
  /** The bucket that it is a replica of. */
  readonly of: string;
}

/** The name by which objects of a bucket stand in the log. */
export function nameInLog(bucket: string, replica: Replica | undefined): string {
  return bucket === replica?.bucket ? replica.of : bucket;
}

/** Where objects are that stand in the log under a name. */
export function bucketOfName(name: string, replica: Replica | undefined): string {
  return name === replica?.of ? replica.bucket : name;
}
