import { Button } from "./button";

interface Props {
  /** The filters that the button clears; it is hidden while none is set. */
  filters: object;
  onClear: () => void;
  className?: string;
}

export function ClearFilters({ filters, onClear, className }: Props) {
  if (Object.values(filters).every((value) => value === undefined)) return null;
  return (
    <Button look="quiet" className={className} onClick={onClear}>
      Clear filters
    </Button>
  );
}
