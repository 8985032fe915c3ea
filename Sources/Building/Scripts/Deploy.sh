#!/bin/bash
# Deploy of a package made by nante: one call of nante-slot does the whole switch, since a lock can't span scripts.
# Octopus sources it in its own bash, which brings get_octopusvariable and fail_step; there is no set -e.

read_nante() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' nante.json 2>/dev/null | head -n 1; }
# A member of the last line of a phase in what nante-slot printed.
last_of() {
    sed -n 's/^nante-slot {"phase":"'"$1"'",.*"'"$2"'":"\(\([^"\\]\|\\.\)*\)".*/\1/p' "$said" | tail -n 1 |
        sed 's/\\\(.\)/\1/g'
}

app=$(read_nante app)
version=$(read_nante version)
slot_call=(sudo -n /usr/local/sbin/nante-slot deploy "$app" "$version" "$PWD")
# How long the new release is watched before the old one stops: set by a rollback, else the host's own setting.
bake=$(get_octopusvariable Nante.Bake)
if [ -n "$bake" ]; then
    case $bake in
    *[!0-9.]*) fail_step "the variable Nante.Bake is \"$bake\", not a number of seconds" ;;
    esac
    slot_call+=(--bake "$bake")
fi

said=$(mktemp) || fail_step "no temporary file can be made on $HOSTNAME"
"${slot_call[@]}" 2>&1 | tee "$said"
code=${PIPESTATUS[0]}

slot=$(last_of "done" slot)
reason=$(last_of failed reason)
answer=$(last_of failed last)
serves=$(last_of failed serves)
holder=$(last_of busy holder)
phases=$(sed -n 's/^nante-slot {"phase":"\([a-z-]*\)","ms":\([0-9]*\).*/\1=\2/p' "$said" | grep -v '^log=' | tr '\n' ' ')
last_line=$(tail -n 1 "$said")
rm -f "$said"

set_octopusvariable Nante.Code "$code"
set_octopusvariable Nante.Phases "${phases% }"
set_octopusvariable Nante.Slot "${slot:-none}"
why="${reason:-$last_line}${answer:+, last: $answer}"
now=${serves:+$serves serves}
now=${now:-no older release is there to serve}
case $code in
0) echo "$app $version serves on $HOSTNAME in slot $slot" ;;
1) fail_step "$app $version did not become healthy on $HOSTNAME; $now: $why" ;;
2) fail_step "$app $version can't be deployed on $HOSTNAME, nothing was switched: $why" ;;
4) fail_step "$app $version went bad on $HOSTNAME while it was watched; switched back, $now: $why" ;;
75) fail_step "another deployment of $app runs on $HOSTNAME: ${holder:-$why}" ;;
*) fail_step "nante-slot ended with $code on $HOSTNAME: $why" ;;
esac
