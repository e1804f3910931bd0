import { useQuery } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";

import { SelectField, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { ImageDelivery } from "@/lib/client/types";

import { sourceOptionsQuery } from "../api/queries";
import type { SourceFields } from "../api/use-new-source";
import { SourceForm } from "./source-form";

const DELIVERIES: readonly { value: ImageDelivery; label: string }[] = [
  { value: "proxied", label: "Through this service" },
  { value: "redirect", label: "From the bucket, by a signed address" },
];
const EMPTY = { address: "", region: "us-east-1", accessKey: "", secretKey: "" };

/** What the form says, as a request; null while something is missing. */
function toFields(
  { address, region, accessKey, secretKey }: typeof EMPTY,
  endpoint: string | undefined,
  delivery: ImageDelivery,
): SourceFields | null {
  const isHalf = (accessKey === "") !== (secretKey === "");
  if (endpoint === undefined || !address.startsWith("s3://") || isHalf) return null;
  const credentials =
    accessKey === ""
      ? null
      : { access_key_id: accessKey, secret_access_key: secretKey, session_token: "" };
  return { address, endpoint, region, delivery, credentials };
}

/** A dataset of an S3-compatible bucket. */
export function BucketForm() {
  const { data: options, error } = useQuery(sourceOptionsQuery);
  const [values, setValues] = useState(EMPTY);
  const [chosen, setChosen] = useState<string>();
  const [delivery, setDelivery] = useState<ImageDelivery>("proxied");
  const endpoints = options?.endpoints ?? [];
  const endpoint = chosen ?? endpoints[0];
  const set = (key: keyof typeof EMPTY) => (event: ChangeEvent<HTMLInputElement>) => {
    setValues({ ...values, [key]: event.target.value });
  };

  return (
    <SourceForm title="A bucket" fields={toFields(values, endpoint, delivery)}>
      {error !== null && <ProblemPanel error={error} />}
      {options !== undefined && endpoints.length === 0 && (
        <p>
          No bucket may be used. An administrator allows endpoints with the setting{" "}
          <code>MSLG_SOURCE_ENDPOINTS</code>.
        </p>
      )}
      {endpoint !== undefined && (
        <>
          <SelectField
            label="Endpoint"
            value={endpoint}
            options={endpoints.map((value) => ({
              value,
              label: value === "aws" ? "Amazon S3" : value,
            }))}
            onChange={setChosen}
          />
          <TextField
            label="Address"
            hint="s3://BUCKET or s3://BUCKET/PREFIX"
            value={values.address}
            onChange={set("address")}
          />
          <TextField label="Region" value={values.region} onChange={set("region")} />
          <TextField
            label="Access key"
            hint="Empty for a public bucket"
            value={values.accessKey}
            autoComplete="off"
            onChange={set("accessKey")}
          />
          <TextField
            label="Secret access key"
            hint="It is stored encrypted and never shown"
            type="password"
            autoComplete="off"
            value={values.secretKey}
            onChange={set("secretKey")}
          />
          <SelectField
            label="Browsers get images"
            value={delivery}
            options={DELIVERIES}
            onChange={(value) => {
              setDelivery(value as ImageDelivery);
            }}
          />
        </>
      )}
    </SourceForm>
  );
}
