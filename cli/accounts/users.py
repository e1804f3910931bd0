"""Invites, lists and disables users."""

from typing import Annotated

import typer
from sqlalchemy.orm import Session

from store.models import User

app = typer.Typer(help="Invite, list and disable users.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user's name.")]


@app.command()
def add(
    name: Name,
    display_name: Annotated[str, typer.Option(help="For display.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="Make the user an administrator.")] = False,
) -> None:
    """Create a user, and print the link with which they set a password."""
    from cli.accounts.database import accounts_session
    from store.accounts.users import create_user

    with accounts_session() as session:
        user = create_user(session, name, display_name=display_name, is_admin=admin)
        line = _link_line(session, user)
    _print(line)


@app.command("list")
def list_() -> None:
    """List all users."""
    from cli.accounts.database import accounts_session
    from store.accounts.users import list_users

    with accounts_session() as session:
        lines = [f"{user.name}{_state(user)}" for user in list_users(session)]
    _print("\n".join(lines) or "No users.")


@app.command()
def disable(name: Name) -> None:
    """End a user's access: sessions, tokens and links."""
    from cli.accounts.database import accounts_session
    from store.accounts import users

    with accounts_session() as session:
        user = users.get_named_user(session, name)
        users.disable(session, user)
    _print(f"{user.name} is disabled.")


@app.command()
def enable(name: Name) -> None:
    """Let a disabled user sign in again."""
    from cli.accounts.database import accounts_session
    from store.accounts import users

    with accounts_session() as session:
        user = users.get_named_user(session, name)
        users.enable(user)
    _print(f"{user.name} is enabled.")


@app.command()
def reset(name: Name) -> None:
    """Print a link with which a user sets a new password."""
    from cli.accounts.database import accounts_session
    from store.accounts.users import get_named_user

    with accounts_session() as session:
        line = _link_line(session, get_named_user(session, name))
    _print(line)


def _link_line(session: Session, user: User) -> str:
    from cli.accounts.database import link_url
    from store.accounts.links import create_link

    return f"Link for {user.name}, works once: {link_url(create_link(session, user))}"


def _state(user: User) -> str:
    marks = {
        "administrator": user.is_admin,
        "disabled": user.disabled_at is not None,
        "invited": user.disabled_at is None and not user.can_sign_in,
    }
    shown = [mark for mark, holds in marks.items() if holds]
    return f"  ({', '.join(shown)})" if shown else ""


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
