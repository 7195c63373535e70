# An image of rpconnect-sml: one static binary, CA certificates and the licences
# of all that is linked. It has no shell, and runs as an ordinary user.
#
#   docker build -t rpconnect-sml .
#   docker run --rm rpconnect-sml --version
#
# docs/deploy.md says more, and what could not be checked where this was written.
FROM golang:1.26 AS build
WORKDIR /src

# The modules have a layer of their own, so that a change of a source does not
# fetch them again.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
# The build without any file under the Redpanda Community License (docs/licence.md).
ARG TAGS=apache
# Both are empty for a build from a clone, whose commit Go finds by itself.
ARG VERSION=""
ARG BUILT=""
RUN CGO_ENABLED=0 go build -trimpath -tags "$TAGS" \
		-ldflags "-s -w -X main.version=$VERSION -X main.built=$BUILT" \
		-o /out/rpconnect-sml ./cmd/rpconnect-sml \
	&& CGO_ENABLED=0 go run ./tools/notices -tags "$TAGS" > /out/NOTICES \
	&& mkdir /out/state

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/rpconnect-sml /rpconnect-sml
COPY --from=build /out/NOTICES /src/LICENSE /licenses/
# For a file cache: mount a volume here, which takes over this owner.
COPY --from=build --chown=65532:65532 /out/state /state
USER 65532:65532
EXPOSE 4195
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/rpconnect-sml", "health"]
ENTRYPOINT ["/rpconnect-sml"]
CMD ["run", "/pipeline.yaml"]
