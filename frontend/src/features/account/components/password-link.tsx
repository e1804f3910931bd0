import type { Invitation } from "@/lib/client/types";

/** A link with which a user sets a password. The service shows it once. */
export function PasswordLink({ invitation }: { invitation: Invitation }) {
  return (
    <p className="rounded-md bg-accent-soft px-3 py-2 text-sm">
      Give this link to {invitation.user.name}. It works once, and is not shown again:{" "}
      <code className="font-mono break-all select-all">
        {new URL(invitation.link, window.location.origin).href}
      </code>
    </p>
  );
}
