# Vigilnote's images: `docker build .` makes `cpu`; `docker build --target gpu .` adds CUDA.
# scripts/image-steps.ts runs the steps of `cpu` without Docker: keep them plain.

# The Node of package.json (devDependencies.node), and the release of ONNX Runtime that the npm
# package and the CUDA provider must share: the build stops where it is not the installed one.
ARG NODE_VERSION=24.21.0
ARG ONNXRUNTIME_VERSION=1.30.0

# Packages of the service, without development packages and without other platforms' libraries, and
# the service's own files, readable by everybody however they lie in the checkout.
FROM node:${NODE_VERSION}-bookworm-slim AS files
ARG ONNXRUNTIME_VERSION
WORKDIR /app
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
RUN node -e "const { version } = require('onnxruntime-node/package.json'); \
      if (version !== '${ONNXRUNTIME_VERSION}') throw new Error('ONNXRUNTIME_VERSION must be ' + version)"
RUN cd node_modules/onnxruntime-node/bin/napi-v6 && \
    keep="linux/$(node -p process.arch)" && \
    mv "$keep" /tmp/runtime && rm -r ./* && mkdir linux && mv /tmp/runtime "$keep"
WORKDIR /service
COPY package.json LICENSE THIRD-PARTY-NOTICES.md ./
COPY mappings/starter mappings/starter/
COPY models/jnrf models/jnrf/
COPY hooks hooks/
COPY src src/
RUN chmod -R u=rwX,go=rX /service

# What both images share: Node itself, no npm, no compiler, nobody's shell but sh.
FROM debian:bookworm-slim AS runtime
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin vigilnote && \
    install -d -o vigilnote -g vigilnote -m 0700 /data
COPY --from=files /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=files /app/node_modules node_modules/
COPY --from=files /service ./
# ONNX Runtime would report the use of models to its makers.
ENV NODE_ENV=production \
    ORT_DISABLE_TELEMETRY=1 \
    VIGILNOTE_HOST=0.0.0.0 \
    VIGILNOTE_PORT=8080 \
    VIGILNOTE_DATABASE=/data/database
USER vigilnote
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.VIGILNOTE_PORT + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/src/cli/main.ts"]
CMD ["serve"]

# The CUDA provider of ONNX Runtime and the libraries that it loads. cuBLAS, cuRAND and the CUDA
# runtime are linked; cuDNN (for convolutions) and NVRTC (for cuDNN) are opened when they are needed.
# The driver's libcuda.so.1 comes from the host, by the NVIDIA container toolkit.
FROM python:3.11-slim-bookworm AS cuda
ARG ONNXRUNTIME_VERSION
RUN pip install --no-cache-dir --no-compile --no-deps --target /cuda \
      onnxruntime-gpu==${ONNXRUNTIME_VERSION} \
      nvidia-cublas==13.10.0.20 \
      nvidia-cuda-runtime==13.5.37 \
      nvidia-curand==10.4.5.25 \
      nvidia-cuda-nvrtc==13.5.37 \
      nvidia-cudnn-cu13==9.28.1.4
RUN mkdir /libraries /providers && \
    mv /cuda/nvidia/*/lib/*.so* /libraries/ && rm /libraries/libnvblas.so* && \
    mv /cuda/onnxruntime/capi/libonnxruntime_providers_cuda.so \
       /cuda/onnxruntime/capi/libonnxruntime_providers_shared.so /providers/
RUN ! LD_LIBRARY_PATH=/libraries ldd /providers/*.so | grep 'not found' | grep -v libcuda.so.1

FROM runtime AS gpu
COPY --from=cuda /libraries /usr/local/lib/cuda/
COPY --from=cuda /providers /app/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/
ENV LD_LIBRARY_PATH=/usr/local/lib/cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

FROM runtime AS cpu
