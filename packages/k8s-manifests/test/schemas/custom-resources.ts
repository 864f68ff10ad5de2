/**
 * The resources for which npm has no types, as far as they are used here: what External Secrets and the AWS Load Balancer
 * Controller say of them in their custom resource definitions.
 */

import type { IConfigMap } from "kubernetes-models/v1";

type ObjectMeta = NonNullable<IConfigMap["metadata"]>;

/** https://external-secrets.io/latest/api/spec/ */
export interface IExternalSecret {
  apiVersion: "external-secrets.io/v1";
  kind: "ExternalSecret";
  metadata?: ObjectMeta;
  spec: {
    refreshPolicy?: "CreatedOnce" | "Periodic" | "OnChange";
    refreshInterval?: string;
    secretStoreRef?: { name: string; kind?: "SecretStore" | "ClusterSecretStore" };
    data?: readonly {
      secretKey: string;
      remoteRef: { key: string; property?: string; version?: string };
    }[];
    target?: {
      name?: string;
      creationPolicy?: "Owner" | "Orphan" | "Merge" | "None";
      deletionPolicy?: "Delete" | "Merge" | "Retain";
      template?: {
        type?: string;
        engineVersion?: "v2";
        mergePolicy?: "Replace" | "Merge";
        data?: Readonly<Record<string, string>>;
      };
    };
  };
}

/** https://external-secrets.io/latest/provider/aws-secrets-manager/ */
export interface ISecretStore {
  apiVersion: "external-secrets.io/v1";
  kind: "SecretStore";
  metadata?: ObjectMeta;
  spec: {
    provider: {
      aws: { service: "SecretsManager" | "ParameterStore"; region: string; role?: string };
    };
  };
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/spec/ */
export interface ITargetGroupBinding {
  apiVersion: "elbv2.k8s.aws/v1beta1";
  kind: "TargetGroupBinding";
  metadata?: ObjectMeta;
  spec: {
    targetGroupARN: string;
    targetType?: "instance" | "ip";
    ipAddressType?: "ipv4" | "ipv6";
    vpcID?: string;
    serviceRef: { name: string; port: number | string };
  };
}
