module rke.lab/tools

go 1.24
