/** The network load balancer before the pods; the controller in the cluster says which pods are behind it. */

import { Duration } from "aws-cdk-lib";
import { Peer, Port, SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import {
  ListenerCertificate,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
  SslPolicy,
  TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import { explained } from "../explained.ts";
import { API_PORT } from "../names.ts";
import type { Stage } from "../stages.ts";
import { Reach } from "./reach.ts";

export interface BalancerProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly clusterGroupId: string;
}

export class Balancer extends Construct {
  readonly balancer: NetworkLoadBalancer;
  readonly targets: NetworkTargetGroup;
  /** Where the gateway asks. */
  readonly origin: string;

  constructor(scope: Construct, id: string, { stage, data, clusterGroupId }: BalancerProps) {
    super(scope, id);
    const { vpc } = data.network;
    const { origin } = stage;
    const port = origin === undefined ? 80 : 443;
    const group = new SecurityGroup(this, "Group", {
      vpc,
      description: "Movie Store: the balancer before the API",
      allowAllOutbound: false,
    });
    group.addIngressRule(Peer.ipv4(vpc.vpcCidrBlock), Port.tcp(port), "Consumers within the VPC");
    this.balancer = new NetworkLoadBalancer(this, "Balancer", {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      internetFacing: false,
      crossZoneEnabled: true,
      securityGroups: [group],
      // The gateway comes by a private link, which needs the right to use the VPC link.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: false,
    });
    explained(
      this.balancer,
      "AwsSolutions-ELB2",
      "Gateway and API log each request; a connection tells nothing more.",
    );
    explained(
      group,
      "AwsSolutions-EC23",
      "Its only source is the address range of the VPC, which the rule can't see through a reference.",
    );
    this.targets = new NetworkTargetGroup(this, "Pods", {
      vpc,
      targetType: TargetType.IP,
      protocol: Protocol.TCP,
      port: API_PORT,
      preserveClientIp: false,
      // So long the connections of a pod that stops are left alone: it lives no longer (terminationGracePeriodSeconds).
      deregistrationDelay: Duration.seconds(60),
      healthCheck: {
        protocol: Protocol.HTTP,
        path: "/health/ready",
        interval: Duration.seconds(5),
        timeout: Duration.seconds(3),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
    });
    this.balancer.addListener("Listener", {
      port,
      defaultTargetGroups: [this.targets],
      ...(origin === undefined
        ? { protocol: Protocol.TCP }
        : {
            protocol: Protocol.TLS,
            sslPolicy: SslPolicy.RECOMMENDED_TLS,
            certificates: [ListenerCertificate.fromArn(origin.certificateArn)],
          }),
    });
    this.origin =
      origin === undefined ? `http://${this.balancer.loadBalancerDnsName}` : `https://${origin.hostName}`;
    new Reach(this, "ToPods", {
      from: group.securityGroupId,
      to: clusterGroupId,
      port: API_PORT,
      description: "The balancer asks the pods",
      asksOnlyAsTold: true,
    });
  }
}
