import { expect, test } from "vitest";
import { percentileSeconds, readBuckets } from "./server-times.ts";

const METRICS = `# TYPE movie_store_http_request_duration_seconds histogram
movie_store_http_request_duration_seconds_bucket{le="0.001",route="/v1/movies",layer="db"} 50
movie_store_http_request_duration_seconds_bucket{le="0.002",route="/v1/movies",layer="db"} 80
movie_store_http_request_duration_seconds_bucket{le="+Inf",route="/v1/movies",layer="db"} 90
movie_store_http_request_duration_seconds_sum{route="/v1/movies",layer="db"} 1.5
movie_store_http_request_duration_seconds_bucket{le="0.001",route="/v1/movies",layer="l1"} 10
movie_store_http_request_duration_seconds_bucket{le="0.002",route="/v1/movies",layer="l1"} 10
movie_store_http_request_duration_seconds_bucket{le="+Inf",route="/v1/movies",layer="l1"} 10
movie_store_http_request_duration_seconds_bucket{le="0.001",route="/v1/movies/:id",layer="db"} 7
movie_store_http_request_duration_seconds_bucket{le="+Inf",route="/v1/movies/:id",layer="db"} 7
`;

const buckets = readBuckets(METRICS, "/v1/movies");

test("the requests of a route are counted over all layers, and no others", () => {
  expect([...buckets]).toEqual([
    [0.001, 60],
    [0.002, 90],
    [Number.POSITIVE_INFINITY, 100],
  ]);
});

test("a percentile lies within its bucket as far as its requests are counted", () => {
  expect(percentileSeconds(buckets, 0.3)).toBeCloseTo(0.0005, 6);
  expect(percentileSeconds(buckets, 0.6)).toBeCloseTo(0.001, 6);
  expect(percentileSeconds(buckets, 0.75)).toBeCloseTo(0.0015, 6);
});

test("of what took longer than the last bound, the bound is told", () => {
  expect(percentileSeconds(buckets, 0.99)).toBe(0.002);
});
