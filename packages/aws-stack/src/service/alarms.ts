/** What somebody has to look at. `docs/runbook.md` says of each what it means and what helps. */

import { Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import type { Stage } from "../stages.ts";
import type { Balancer } from "./balancer.ts";
import type { Gateway } from "./gateway.ts";
import type { Ingest } from "./ingest.ts";

export interface AlarmsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly ingest: Ingest;
  readonly balancer: Balancer;
  readonly gateway: Gateway;
}

interface Rule {
  readonly name: string;
  readonly metric: IMetric;
  /** Rings at this and beyond. */
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly minutes: number;
  readonly means: string;
  /** Whether it is bad that nothing is measured. */
  readonly silenceIsBad?: boolean;
}

const MINUTE = Duration.minutes(1);
const GIB = 1_024 ** 3;

export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stage, data } = props;
    const topic = new Topic(this, "Topic", {
      displayName: `Movie Store, ${stage.name}`,
      masterKey: data.keys.store,
      enforceSSL: true,
    });
    for (const email of stage.alarmEmails) topic.addSubscription(new EmailSubscription(email));
    const action = new SnsAction(topic);
    const rules = [
      ...(stage.role === "active" ? [...ingestRules(props), ...apiRules(props)] : []),
      ...databaseRules(props),
      ...cacheRules(props),
    ];
    for (const rule of rules) {
      const { name, metric, atLeast, atMost, minutes, means, silenceIsBad = false } = rule;
      const alarm = new Alarm(this, name, {
        alarmName: `${Stack.of(this).stackName}-${name}`,
        alarmDescription: means,
        metric,
        threshold: (atLeast ?? atMost) as number,
        comparisonOperator:
          atLeast === undefined
            ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
            : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: minutes,
        treatMissingData: silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}

function ingestRules({ data, ingest }: AlarmsProps): Rule[] {
  const { queue, deadLetters } = data.queue;
  return [
    {
      name: "DeadLetters",
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: MINUTE,
        statistic: Stats.MAXIMUM,
      }),
      atLeast: 1,
      minutes: 1,
      means: "Updates could not be taken in after five attempts.",
    },
    {
      name: "UpdatesWait",
      metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: Stats.MAXIMUM }),
      atLeast: Duration.minutes(15).toSeconds(),
      minutes: 5,
      means: "An update has been waiting for a quarter of an hour.",
    },
    {
      name: "IngestErrors",
      metric: ingest.function.metricErrors({ period: MINUTE, statistic: Stats.SUM }),
      atLeast: 1,
      minutes: 3,
      means: "The function that takes updates in fails as a whole, minute by minute.",
    },
    {
      name: "IngestThrottles",
      metric: ingest.function.metricThrottles({ period: MINUTE, statistic: Stats.SUM }),
      atLeast: 1,
      minutes: 5,
      means: "The account has no concurrency left for the function.",
    },
  ];
}

function databaseRules({ stage, data }: AlarmsProps): Rule[] {
  const { instance, proxy } = data.database;
  const common = { period: MINUTE, statistic: Stats.AVERAGE };
  const lag = { ...common, statistic: Stats.MAXIMUM };
  const replica = stage.standbyFor === undefined ? data.database.replica : instance;
  return [
    {
      name: "DatabaseCpu",
      metric: instance.metricCPUUtilization(common),
      atLeast: 85,
      minutes: 15,
      means: "The database has been at work with hardly a pause for a quarter of an hour.",
    },
    {
      name: "DatabaseStorage",
      metric: instance.metricFreeStorageSpace(common),
      atMost: 10 * GIB,
      minutes: 5,
      means: "The database has less than 10 GiB left, and does not grow by itself any more.",
    },
    {
      name: "DatabaseMemory",
      metric: instance.metricFreeableMemory(common),
      atMost: GIB / 4,
      minutes: 15,
      means: "The server of the database has less than 256 MiB of memory left.",
    },
    ...(proxy === undefined
      ? []
      : [
          {
            name: "DatabaseUnreachable",
            metric: new Metric({
              namespace: "AWS/RDS",
              metricName: "DatabaseConnectionsSetupFailed",
              dimensionsMap: { ProxyName: proxy.dbProxyName },
              period: MINUTE,
              statistic: Stats.SUM,
            }),
            atLeast: 5,
            minutes: 3,
            means: "The proxy gets no connections to the database.",
          },
        ]),
    ...(replica === undefined
      ? []
      : [
          {
            name: "ReplicaLag",
            metric: replica.metric("ReplicaLag", lag),
            atLeast: 60,
            minutes: 5,
            means: "The replica is a minute behind: so much would be lost with the primary.",
          },
        ]),
  ];
}

function cacheRules({ data }: AlarmsProps): Rule[] {
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: "AWS/ElastiCache",
      metricName,
      dimensionsMap: { ReplicationGroupId: data.cache.cluster.ref },
      period: MINUTE,
      statistic,
    });
  return [
    {
      name: "CacheCpu",
      metric: metric("EngineCPUUtilization", Stats.MAXIMUM),
      atLeast: 80,
      minutes: 10,
      means:
        "The cache is at its limit; answers come from the database when it does not answer within 20 ms.",
    },
    {
      name: "CacheMemory",
      metric: metric("DatabaseMemoryUsagePercentage", Stats.MAXIMUM),
      atLeast: 95,
      minutes: 30,
      means: "The cache is full and forgets answers that are asked for.",
    },
  ];
}

function apiRules({ gateway, balancer }: AlarmsProps): Rule[] {
  const common = { period: MINUTE };
  const failures = gateway.api.metricServerError({ ...common, statistic: Stats.SUM });
  const requests = gateway.api.metricCount({ ...common, statistic: Stats.SUM });
  return [
    {
      name: "ApiFailures",
      metric: new MathExpression({
        expression: "100 * failures / requests",
        usingMetrics: { failures, requests },
        label: "requests that fail, in per cent",
        period: MINUTE,
      }),
      atLeast: 1,
      minutes: 5,
      means: "One request in a hundred is answered with 5xx.",
    },
    {
      name: "ApiSlow",
      metric: gateway.searchLatency({ ...common, statistic: Stats.percentile(99) }),
      atLeast: 250,
      minutes: 10,
      means: "One search in a hundred takes the API more than a quarter of a second.",
    },
    {
      name: "PodsMissing",
      metric: balancer.targets.metrics.custom("HealthyHostCount", { ...common, statistic: Stats.MINIMUM }),
      atMost: 1,
      minutes: 3,
      means: "Fewer than two pods answer the balancer.",
      silenceIsBad: true,
    },
  ];
}
