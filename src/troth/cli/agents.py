"""`troth agent`: the agents whose signed requests are taken under the Data Rights Protocol."""

from __future__ import annotations

from typing import Annotated

import typer

from troth.cli.options import Json
from troth.cli.output import show

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="the agent's id in the directory")]


@app.command("add")
def add_agent(
    agent_id: IdArgument,
    name: Annotated[str, typer.Option("--name", help="what people know the agent as")],
    key: Annotated[str, typer.Option("--key", metavar="BASE64", help="`verify_key` in the directory")],
    contact: Annotated[str, typer.Option("--contact", metavar="EMAIL", help="`technical_contact` in the directory")],
    callbacks: Annotated[
        str | None,
        typer.Option("--callbacks", metavar="ORIGIN", help="where it may be told of changes: https://host"),
    ] = None,
    as_json: Json = False,
) -> None:
    """List an agent, or list it anew; a new key ends the token that was given under the old one."""
    from troth.cli.session import opened
    from troth.requests.proof import agents

    made = agents.agent(agent_id, name, contact, key, callbacks)
    with opened().begin() as work:
        agents.add(work, made)
    show(as_json, {"ok": True, "agent": made.id}, [f"{made.id} is listed"])


@app.command("remove")
def remove_agent(agent_id: IdArgument, as_json: Json = False) -> None:
    """Take an agent off the list; its token ends at once, what it asked for goes on."""
    from troth.cli.session import opened
    from troth.requests.proof import agents

    with opened().begin() as work:
        agents.remove(work, agent_id)
    show(as_json, {"ok": True, "agent": agent_id}, [f"{agent_id} is no longer listed"])


@app.command("list")
def list_agents(as_json: Json = False) -> None:
    """The agents that are listed."""
    import base64

    from troth.cli.session import opened
    from troth.requests.proof import agents

    with opened().begin() as work:
        found = agents.listed(work)
    value = [
        {
            "id": one.id,
            "name": one.name,
            "contact": one.contact,
            "verify_key": base64.b64encode(one.verify_key).decode(),
            "callbacks": one.callbacks,
        }
        for one in found
    ]
    lines = [f"{one.id}  {one.name}  {one.contact}  {one.callbacks or '-'}" for one in found]
    show(as_json, {"ok": True, "agents": value}, lines or ["no agents are listed"])
