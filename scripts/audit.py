"""Look up the pinned versions in a database of known vulnerabilities: `make audit`.

pip-audit asks PyPI, or OSV where PyPI does not answer. The exit code is 0 if nothing is known, 1 if
a version has a known vulnerability, and 2 if no database answered: then nothing is known either
way, and the last line says so.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PINNED = Path(__file__).parents[1] / "constraints.txt"
SOURCES = {"pypi": "PyPI", "osv": "OSV"}
UNKNOWN = (
    "No database of known vulnerabilities can be reached from here, so nothing is known of the "
    "pinned versions. Run `make audit` where PyPI or OSV can be reached."
)


@dataclass(frozen=True)
class Answer:
    """What a database says: vulnerable versions, each in a line, and how many it knows at all."""

    vulnerable: tuple[str, ...]
    known: int
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, output: str) -> "Answer":
        """Read pip-audit's JSON; anything else, such as the report of a lost connection, is empty.

        A package that the database does not know is skipped by pip-audit, which then speaks of
        "no known vulnerabilities": where every package is skipped, nobody was asked.
        """
        try:
            listed = json.loads(output)["dependencies"]
        except (ValueError, KeyError, TypeError):
            return cls((), 0, ())
        known = [each for each in listed if "skip_reason" not in each]
        vulnerable = (
            f"{each['name']} {each['version']}: {found['id']}{_fixed(found['fix_versions'])}"
            for each in known
            for found in each["vulns"]
        )
        unknown = (each["name"] for each in listed if "skip_reason" in each)
        return cls(tuple(vulnerable), len(known), tuple(unknown))


def _fixed(versions: list[str]) -> str:
    return f", fixed in {', '.join(versions)}" if versions else ""


def main() -> int:
    """Print what is known of the pinned versions."""
    pins = [line for line in PINNED.read_text().splitlines() if not line.startswith("#")]
    for source, name in SOURCES.items():
        if not _asked(source, pins[:1]).known:
            continue
        answer = _asked(source, pins)
        for line in answer.vulnerable:
            print(line)
        if answer.unknown:
            print(f"{name} does not know: {', '.join(answer.unknown)}.")
        print(f"{name} knows {answer.known} of the pinned versions; ", end="")
        print(f"{len(answer.vulnerable)} known vulnerabilities.")
        return int(bool(answer.vulnerable))
    print(UNKNOWN)
    return 2


def _asked(source: str, pins: list[str]) -> Answer:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins))
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "--requirement", file.name, "--no-deps"]
        command += ["--disable-pip", "--progress-spinner=off", "--format=json"]
        command += [f"--vulnerability-service={source}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return Answer.of(result.stdout)


if __name__ == "__main__":
    sys.exit(main())
