import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

interface Props {
  title: string;
  back?: { label: string; to: string };
  meta?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page: where it belongs, what it is, what can be done. Sets the document's title. */
export function PageHeader({ title, back, meta, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · MSLG`;
  }, [title]);

  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back !== undefined && (
          <nav aria-label="Breadcrumb" className="mb-1 text-sm">
            <Link to={back.to} className="text-muted hover:text-accent">
              <span aria-hidden="true">← </span>
              {back.label}
            </Link>
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
          {meta}
        </div>
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
