#!/bin/bash
# PreDeploy of a package made by nante: checks only, nothing is changed.
# Octopus sources it in its own bash, which brings get_octopusvariable and fail_step; there is no set -e.

needs_interface=1
read_nante() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' nante.json 2>/dev/null | head -n 1; }

app=$(read_nante app)
version=$(read_nante version)
arch=$(read_nante arch)
environment=$(get_octopusvariable Octopus.Environment.Name)
prepare="nante apply --environment ${environment:-ENVIRONMENT}"

if [ -z "$app" ] || [ -z "$version" ]; then
    fail_step "nante.json of the package can't be read in $PWD: build it again by nante build"
fi

case $(uname -m) in
x86_64) machine=amd64 ;;
aarch64 | arm64) machine=arm64 ;;
armv6l | armv7l) machine=arm ;;
*) machine=$arch ;;
esac
if [ "$arch" != "$machine" ]; then
    fail_step "$app $version is built for $arch, $HOSTNAME is $machine: nante build go $app --arch $machine"
fi

interface=$(sudo -n /usr/local/sbin/nante-slot version 2>&1)
case $interface in
'' | *[!0-9]*)
    fail_step "$HOSTNAME is not prepared for nante, or this user may not call nante-slot ($interface): $prepare"
    ;;
esac
if [ "$interface" -lt "$needs_interface" ]; then
    fail_step "nante-slot of $HOSTNAME has interface $interface, $app $version needs $needs_interface: $prepare"
fi

# The release is copied once more, beside those that are kept.
needed=$(du -sk . | cut -f1)
needed=$((needed * 2 + 51200))
free=$(df -Pk /opt | awk 'NR == 2 { print $4 }')
case $free in
'' | *[!0-9]*) ;;
*)
    if [ "$free" -lt "$needed" ]; then
        fail_step "$HOSTNAME has $((free / 1024)) MiB free in /opt, $app $version needs $((needed / 1024)) MiB"
    fi
    ;;
esac
echo "$app $version may be deployed on $HOSTNAME (nante-slot interface $interface)"
