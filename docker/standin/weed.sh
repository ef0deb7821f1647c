#!/bin/sh
# STAND-IN for SeaweedFS' command: mini -dir=DIR. What is behind it is S3Mock, which looks at no password.
set -eu
[ "$*" = "mini -dir=/data" ] || { echo "weed: only 'mini -dir=/data' is known here, not '$*'" >&2; exit 1; }
: "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}"
exec java -Xmx256m -jar /opt/s3mock/s3mock-exec.jar --com.adobe.testing.s3mock.httpPort=8333 \
  --com.adobe.testing.s3mock.store.root=/data --com.adobe.testing.s3mock.store.retainFilesOnExit=true \
  "--com.adobe.testing.s3mock.store.initialBuckets=${S3_BUCKET:?}"
