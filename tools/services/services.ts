import { mariadb, mysql } from "./database-servers.ts";
import type { Services } from "./find-servers.ts";
import { redis } from "./redis-server.ts";
import { s3 } from "./s3-server.ts";

export function allServices(environment: NodeJS.ProcessEnv): Services {
  return {
    mysql: mysql(environment),
    mariadb: mariadb(environment),
    redis: redis(environment),
    s3: s3(environment),
  };
}
