"""Creates, lists and revokes API tokens."""

from typing import Annotated

import typer

from store.accounts.tokens import DEFAULT_DAYS, MAX_DAYS
from store.models import TokenScope

app = typer.Typer(help="Create, list and revoke API tokens.", no_args_is_help=True)

Owner = Annotated[str, typer.Argument(help="The name of the user that the token acts for.")]


@app.command()
def create(
    user: Owner,
    name: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    scope: Annotated[TokenScope, typer.Option(help="The most that the token can do.")] = TokenScope.READ,
    days: Annotated[
        int, typer.Option(min=1, max=MAX_DAYS, help="Days until the token expires.")
    ] = DEFAULT_DAYS,
) -> None:
    """Create a token and print it. It is not shown again."""
    from cli.accounts.database import accounts_session
    from store.accounts.tokens import create_token
    from store.accounts.users import get_named_user

    with accounts_session() as session:
        _, secret = create_token(session, get_named_user(session, user), name, scope, days)
    _print(secret)


@app.command("list")
def list_(user: Owner) -> None:
    """List a user's tokens."""
    from cli.accounts.database import accounts_session
    from store.accounts.tokens import list_tokens
    from store.accounts.users import get_named_user

    with accounts_session() as session:
        rows = list_tokens(session, get_named_user(session, user).id)
        lines = [f"{row.id}  {row.scope}  expires {row.expires_at:%Y-%m-%d}  {row.name}" for row in rows]
    _print("\n".join(lines) or "No tokens.")


@app.command()
def revoke(
    user: Owner, token: Annotated[str, typer.Argument(help="The token's id, as `mslg token list` shows it.")]
) -> None:
    """Make a token useless."""
    from cli.accounts.database import accounts_session
    from store.accounts.tokens import revoke_token
    from store.accounts.users import get_named_user

    with accounts_session() as session:
        revoke_token(session, get_named_user(session, user).id, token)
    _print("The token is revoked.")


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
