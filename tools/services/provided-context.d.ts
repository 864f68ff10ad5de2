import "vitest";

/**
 * What `inject` hands to tests. A test project sees these names when its tsconfig includes this file.
 *
 * An address is `undefined` where no such server was found; the tests of that server are skipped then, and the set-up
 * says so.
 */
declare module "vitest" {
  interface ProvidedContext {
    /** `mysql://user:password@host:port`, of a user who may create databases. MariaDB where there is no MySQL. */
    mysqlUrl: string | undefined;
    /** As `mysqlUrl`, the other way round. */
    mariadbUrl: string | undefined;
    /** `redis://host:port` */
    redisUrl: string | undefined;
    /** S3 and SQS under one address, such as `http://127.0.0.1:5000`; any credentials, region us-east-1. */
    s3Endpoint: string | undefined;
    /** Whether that server keeps and lists versions of objects, and notifies queues. The emulator from npm does not. */
    s3Versions: boolean;
    /** The program of a Chromium or Chrome, for files in e2e/explorer and those named *.browser.test.ts. */
    browser: string | undefined;
    /** The program, for the tests of packages/k8s-manifests. */
    kubectl: string | undefined;
  }
}
