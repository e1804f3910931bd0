interface Props {
  label: string;
  /** 0 to 1; null while unknown. */
  share: number | null;
}

export function ProgressBar({ label, share }: Props) {
  const percent = share === null ? undefined : Math.round(share * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-2 overflow-hidden rounded-full bg-line"
    >
      <div
        className={
          share === null
            ? "h-full w-1/4 animate-pulse rounded-full bg-accent"
            : "h-full rounded-full bg-accent transition-[width] duration-200"
        }
        style={share === null ? undefined : { width: `${share * 100}%` }}
      />
    </div>
  );
}
