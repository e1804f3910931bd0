import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";

interface Props {
  name: string;
  keyHint: string;
  onPress: () => void;
  disabled?: boolean;
}

/** Button with its shortcut. A press does not move the focus, so the arrow keys keep working. */
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
