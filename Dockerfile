# syntax=docker/dockerfile:1
#
# Three stages: the dependencies alone, so that a change of our code does not compile them again;
# the program; an image with the program, the CA certificates and nothing else, not even a shell.
# The image holds no PostgreSQL: give it DATABASE_URL (docker-compose.yml shows how).

FROM rust:1.95-slim-bookworm AS dependencies
WORKDIR /build
# The queries are checked against the committed .sqlx/: a build needs no database.
ENV SQLX_OFFLINE=true CARGO_TERM_COLOR=never
COPY Cargo.toml Cargo.lock ./
# An empty program with our dependencies; cargo wants every target that Cargo.toml names.
RUN mkdir -p src \
    && touch src/lib.rs \
    && echo 'fn main() {}' > src/main.rs \
    && for bench in $(sed -n '/^\[\[bench\]\]/,/^$/s/^path = "\(.*\)"/\1/p' Cargo.toml); do \
           mkdir -p "$(dirname "$bench")" && echo 'fn main() {}' > "$bench"; \
       done \
    && cargo build --profile dist --locked \
    && rm -rf src benches

FROM dependencies AS build
COPY . .
# The copied files may be older than the empty program that was just compiled.
RUN touch src/lib.rs src/main.rs \
    && cargo build --profile dist --locked --bin exposition \
    && mkdir -p /out/data \
    && cp target/dist/exposition /out/exposition

# Debian 12 as the build stage (same glibc), CA certificates, user 65532 «nonroot».
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="exposition" \
      org.opencontainers.image.description="What became of those who took a course before: the indicators of InserJeunes as versioned JSON" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.authors="The exposition authors"
COPY --from=build /out/exposition /usr/local/bin/exposition
COPY --from=build --chown=65532:65532 /out/data /var/lib/exposition
# In a container the loopback address would be unreachable from outside.
ENV EXPOSITION_BIND=0.0.0.0 \
    EXPOSITION_PORT=8080 \
    EXPOSITION_DATA_DIR=/var/lib/exposition \
    EXPOSITION_LOG_FORMAT=json
USER 65532:65532
VOLUME ["/var/lib/exposition"]
EXPOSE 8080
# There is no curl here: the program asks itself. It asks /health/live, because a server without
# a publication is not one to restart.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["/usr/local/bin/exposition", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/exposition"]
CMD ["serve"]
