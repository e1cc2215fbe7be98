"""`python -m troth.demo`: play the story, then serve the portal and the console."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from troth.base.errors import TrothError


def main() -> int:
    """Exit code 0 only if every act held."""
    arguments = _arguments()
    # Imported here: the first line shall be on the screen before the heavy parts are.
    from troth.demo.acts import ACTS
    from troth.demo.story import end, open_story, play

    world = open_story(arguments.folder, arguments.policy, len(ACTS), _say)
    try:
        held = play(world, ACTS, lambda _act, took: _say(f"      held ({took:.1f} s)"))
        if arguments.serve and held:
            from troth.demo.serve import serve

            serve(world, arguments.port)
        _say(f"\nstory: {world.state.held} acts held, {int(not held)} broken")
        return 0 if held else 1
    finally:
        end(world)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m troth.demo", description="the story of one policy, kept")
    parser.add_argument("--no-serve", dest="serve", action="store_false", help="end after the story")
    parser.add_argument("--folder", type=Path, default=Path(".demo"), help="where the story's files lie")
    parser.add_argument("--policy", type=Path, default=Path("examples/kaiconn"), help="folder of the policy")
    parser.add_argument("--port", type=int, default=8787, help="port of the portal and the console")
    _say("Troth keeps a privacy policy: Kaiconn, a platform for smart devices.")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except TrothError as error:
        sys.stderr.write(f"error: {error.message} [{error.code}]\n")
        if error.hint:
            sys.stderr.write(f"  hint: {error.hint}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
