# A static binary and nothing else, run by a user who owns nothing but /data.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/storefront .
RUN mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/storefront /storefront
COPY --from=build --chown=65534:65534 /out/data /data
USER 65534:65534
# The sealing keys (mode 0600, owner 65534) are mounted apart from the data: a copy of one is worth nothing without the other.
ENV LISTEN=0.0.0.0:8080 DATA_DIR=/data KEY_FILE=/keys/keys.json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/storefront", "healthcheck"]
ENTRYPOINT ["/storefront"]
CMD ["serve"]
