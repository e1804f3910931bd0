import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

interface Props {
  title: string;
  back?: { label: string; to: string };
  meta?: ReactNode;
  actions?: ReactNode;
}

/** Page header with breadcrumb, title and actions. Sets the document title. */
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
