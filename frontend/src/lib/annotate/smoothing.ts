import { useStoredString } from "@/lib/use-stored-string";

/** Whether small images are enlarged smoothly instead of by pixels; stored per browser. */
export function useSmoothing(): [boolean, () => void] {
  const [stored, setStored] = useStoredString("mslg.smooth");
  const isSmooth = stored !== "";
  return [
    isSmooth,
    () => {
      setStored(isSmooth ? "" : "yes");
    },
  ];
}
