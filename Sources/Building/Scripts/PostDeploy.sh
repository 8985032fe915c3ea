#!/bin/bash
# PostDeploy of a package made by nante: looks once more, changes nothing, may run any number of times.
# Octopus sources it in its own bash, which brings get_octopusvariable and fail_step; there is no set -e.

read_nante() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' nante.json 2>/dev/null | head -n 1; }

app=$(read_nante app)
version=$(read_nante version)
status=$(sudo -n /usr/local/sbin/nante-slot status "$app" 2>&1)
case $status in
*'"version":"'"$version"'","healthy":true'*)
    write_highlight "$app $version serves on $HOSTNAME and is healthy"
    ;;
*'"active":'*)
    fail_step "$HOSTNAME does not serve a healthy $app $version after its deployment: $status"
    ;;
*)
    fail_step "the state of $app on $HOSTNAME can't be read: $status"
    ;;
esac
