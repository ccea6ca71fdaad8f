// What holds a pod's namespaces open.
module dialplane.dev/local/components/pause

go 1.26.0
