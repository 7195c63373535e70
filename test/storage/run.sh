#!/usr/bin/env bash
# Runs the examples of config-examples/cloud and config-examples/storage that read a
# server, each on a real one, which it starts on a loopback port and stops again: S3 on
# moto, SFTP on sshd.
#
#   SML_BINARY=/path/to/rpconnect-sml test/storage/run.sh
#
# The binary has the tags cloud and storage. Without moto[server] it is installed by pip,
# into an environment of its own, and openssh-server by apt-get.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

PYTHON=python3
if ! python3 -c 'import boto3, flask, moto.server' 2>/dev/null; then
	python3 -m venv "$WORK/python"
	"$WORK/python/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.1'
	PYTHON=$WORK/python/bin/python
fi
if ! [ -x /usr/sbin/sshd ]; then
	apt-get update -qq
	# The package must not start a server of its own.
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server >/dev/null
fi
"$PYTHON" -B test/storage/s3.py
"$PYTHON" -B test/storage/sftp.py
