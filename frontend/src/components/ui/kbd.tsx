export function Kbd({ children }: { children: string }) {
  return (
    <kbd
      aria-hidden="true"
      className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line-strong bg-raised px-1 font-sans text-xs font-medium text-muted"
    >
      {children}
    </kbd>
  );
}
