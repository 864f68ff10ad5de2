/** Who may ask whom, as rules of the stack that deploys: the groups of the data stack need not know who comes. */

import { CfnSecurityGroupEgress, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

export interface ReachProps {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly description: string;
  /** Whether the group that asks lets out only what it is told to. */
  readonly asksOnlyAsTold?: boolean;
}

export class Reach extends Construct {
  constructor(scope: Construct, id: string, props: ReachProps) {
    super(scope, id);
    const { from, to, port, description, asksOnlyAsTold = false } = props;
    const common = { ipProtocol: "tcp", fromPort: port, toPort: port, description };
    new CfnSecurityGroupIngress(this, "In", { ...common, groupId: to, sourceSecurityGroupId: from });
    if (asksOnlyAsTold) {
      new CfnSecurityGroupEgress(this, "Out", { ...common, groupId: from, destinationSecurityGroupId: to });
    }
  }
}
