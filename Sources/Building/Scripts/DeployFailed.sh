#!/bin/bash
# DeployFailed of a package made by nante: nante-slot keeps what serves well and puts the rest to rest; no undo.
# Octopus sources it in its own bash, which brings get_octopusvariable and fail_step; there is no set -e.

read_nante() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' nante.json 2>/dev/null | head -n 1; }

app=$(read_nante app)
version=$(read_nante version)
if [ -n "$app" ] && [ -n "$version" ]; then
    sudo -n /usr/local/sbin/nante-slot reconcile "$app" "$version" 2>&1 ||
        echo "the state of $app on $HOSTNAME could not be put in order now; its next deployment does it"
fi
