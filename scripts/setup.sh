#!/bin/sh
# Create the environment where it is missing and install the package with the named extras.
# Usage: PYTHON=python3 VENV=.venv CONSTRAINTS=constraints.txt scripts/setup.sh EXTRAS   (from the project's root)
set -eu

extras=$1
python=${PYTHON:-python3}
venv=${VENV:-.venv}
constraints=${CONSTRAINTS:-constraints.txt}

fail() {
    echo "$1" >&2
    exit 1
}

require_python() {
    found=$("$python" --version 2>&1) ||
        fail "schema_lab needs Python 3.11 or newer and \`$python\` does not run: install one, then name it, as in \`make lab PYTHON=python3.12\`."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "schema_lab needs Python 3.11 or newer and \`$python\` is $found: install one, then name it, as in \`make lab PYTHON=python3.12\`."
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "\`$python\` lacks the venv module: install it (Debian and Ubuntu: \`apt install python3-venv\`) and try again."
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    require_python
    echo "Creating $venv with $("$python" --version)."
    "$python" -m venv --clear "$venv"
fi
echo "Installing schema_lab[$extras] into $venv: about a minute, once."
# Python compiles what is imported, when it is: compiling everything here takes ten seconds more.
"$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-compile \
    --constraint "$constraints" --editable ".[$extras]"
