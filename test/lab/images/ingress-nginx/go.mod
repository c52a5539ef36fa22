module rke.lab/ingress-nginx

go 1.24.0

require k8s.io/ingress-nginx v0.0.0-20240708192948-52c50467d67d

replace github.com/ncabatoff/process-exporter => github.com/ncabatoff/process-exporter v0.7.10
