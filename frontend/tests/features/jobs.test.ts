import { describe, expect, it } from "vitest";

import { EMPTY_FORM, toBackboneOptions, toRequest } from "@/features/jobs/api/job-form";
import { mergeEpoch } from "@/features/jobs/api/merge-epoch";
import type { EpochReport } from "@/lib/client/types";

function report(epoch: number, train_loss = 1): EpochReport {
  return {
    epoch,
    epochs: 4,
    phase: "warm_up",
    train_loss,
    meta_loss: null,
    meta_accuracy: null,
    labels_changed: 0,
    learning_rate: 0.01,
    seconds: 1,
    eta_seconds: 3,
  };
}

describe("mergeEpoch", () => {
  it("sorts by epoch", () => {
    const merged = [report(3), report(1), report(2)].reduce<EpochReport[]>(mergeEpoch, []);
    expect(merged.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it("replaces a repeated epoch", () => {
    expect(mergeEpoch([report(1, 2)], report(1, 0.5))).toEqual([report(1, 0.5)]);
  });
});

describe("toBackboneOptions", () => {
  it("adds the networks of the folder of weights to the built-in choices", () => {
    const options = toBackboneOptions([
      { backbone: "pretrained", file_name: null, bytes: 1 },
      { backbone: "timm/vit_b", file_name: "vit_b.pth", bytes: 2 },
    ]);
    expect(options.map(({ value }) => value)).toEqual([
      "",
      "pretrained",
      "joined",
      "patches",
      "train",
      "timm/vit_b",
    ]);
  });
});

describe("toRequest", () => {
  it("sends only the method by default", () => {
    expect(toRequest("d1", EMPTY_FORM)).toEqual({ dataset_id: "d1", config: { method: "mslg" } });
  });

  it("sends a time budget only for auto", () => {
    const timed = { ...EMPTY_FORM, timeBudget: "5" };
    expect(toRequest("d1", timed).config).toEqual({ method: "mslg" });
    expect(toRequest("d1", { ...timed, method: "auto" }).config).toEqual({
      method: "auto",
      time_budget: 5,
    });
  });

  it("sends a network only if one is trained", () => {
    const form = { ...EMPTY_FORM, backbone: "timm/vit_b", network: "resnet18" as const };
    expect(toRequest("d1", form).config).toEqual({ method: "mslg", backbone: "timm/vit_b" });
    expect(toRequest("d1", { ...form, backbone: "train" }).config).toEqual({
      method: "mslg",
      backbone: "train",
      network: "resnet18",
    });
  });

  it("sends chosen settings as numbers", () => {
    const form = {
      ...EMPTY_FORM,
      name: " second try ",
      network: "resnet18" as const,
      horizontalFlip: true,
      numbers: { epochs: "40", learning_rate: "0.01", seed: " " },
    };
    expect(toRequest("d1", form)).toEqual({
      dataset_id: "d1",
      name: "second try",
      config: {
        method: "mslg",
        network: "resnet18",
        horizontal_flip: true,
        epochs: 40,
        learning_rate: 0.01,
      },
    });
  });
});
