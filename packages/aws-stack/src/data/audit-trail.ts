/** Who did what to the objects, and who changed what in this region: kept where nobody changes it unnoticed. */

import { Duration } from "aws-cdk-lib";
import { ReadWriteType, Trail } from "aws-cdk-lib/aws-cloudtrail";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Bucket, type IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { LOG_DAYS } from "../names.ts";
import { privateBucket } from "./private-bucket.ts";

const KEPT = Duration.days(400);

export interface AuditTrailProps {
  readonly objects: IBucket;
  readonly key: IKey;
}

export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { objects, key }: AuditTrailProps) {
    super(scope, id);
    const bucket = new Bucket(this, "Log", {
      ...privateBucket(key),
      lifecycleRules: [{ id: "old", expiration: KEPT, noncurrentVersionExpiration: KEPT }],
    });
    explained(bucket, "AwsSolutions-S1", "It is itself a log, written by CloudTrail alone.");
    const trail = new Trail(this, "Trail", {
      bucket,
      encryptionKey: key,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: true,
      enableFileValidation: true,
      managementEvents: ReadWriteType.WRITE_ONLY,
      sendToCloudWatchLogs: true,
      cloudWatchLogGroup: new LogGroup(this, "Recent", { retention: LOG_DAYS, encryptionKey: key }),
    });
    trail.addS3EventSelector([{ bucket: objects }], {
      readWriteType: ReadWriteType.ALL,
      includeManagementEvents: true,
    });
  }
}
