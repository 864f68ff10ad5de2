import { DatabaseInstanceEngine, MysqlEngineVersion } from "aws-cdk-lib/aws-rds";

export const ENGINE = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_8 });
