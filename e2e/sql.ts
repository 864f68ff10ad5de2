/** Statements to a MySQL server, on a connection of their own. */

import { createConnection, type RowDataPacket } from "mysql2/promise";

const CONNECT_TIMEOUT_MS = 5_000;

/** @returns the rows of the last statement. */
export async function runSql(
  url: string,
  ...statements: readonly string[]
): Promise<readonly RowDataPacket[]> {
  const connection = await createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    let rows: readonly RowDataPacket[] = [];
    for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } finally {
    await connection.end();
  }
}
