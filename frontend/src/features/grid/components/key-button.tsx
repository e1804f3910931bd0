import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";

interface Props {
  name: string;
  keyHint: string;
  onPress: () => void;
  disabled?: boolean;
}

/** An action with its key. A press leaves the focus in the grid, so that the arrows keep working. */
export function KeyButton({ name, keyHint, onPress, disabled }: Props) {
  return (
    <Button
      disabled={disabled}
      className="max-w-44 gap-1.5 px-2 pointer-coarse:min-h-11"
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={onPress}
    >
      <span className="truncate">{name}</span>
      <Kbd>{keyHint}</Kbd>
    </Button>
  );
}
