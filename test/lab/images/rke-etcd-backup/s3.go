package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3Options are the flags of a bucket; each is a variable as well.
type s3Options struct {
	isOn                                                   bool
	endpoint, accessKey, secretKey, bucket, region, folder string
	// endpointCA is a certificate in base64, or a file.
	endpointCA string
}

// key is the object of a file in the bucket.
func (s s3Options) key(file string) string {
	if s.folder == "" {
		return file
	}
	return s.folder + "/" + file
}

// connect opens the bucket, always by HTTPS, with the role of the machine if there are no keys.
func connect(s s3Options) (*minio.Client, error) {
	log.Printf("invoking set s3 service client s3-accessKey=%s s3-bucketName=%s s3-endpoint=%s s3-folder=%s s3-region=%s",
		s.accessKey, s.bucket, s.endpoint, s.folder, s.region)
	client, err := open(s)
	if err != nil {
		return nil, fmt.Errorf("failed to set s3 server: %w", err)
	}
	return client, nil
}

func open(s s3Options) (*minio.Client, error) {
	keys := credentials.NewStaticV4(decoded(s.accessKey), decoded(s.secretKey), "")
	if s.accessKey == "" && s.secretKey == "" {
		keys = credentials.NewIAM("")
		if s.endpoint == "" {
			s.endpoint = "s3.amazonaws.com"
		}
	}
	options := &minio.Options{Creds: keys, Secure: true, Region: s.region}
	if strings.Contains(s.endpoint, "aliyun") {
		options.BucketLookup = minio.BucketLookupDNS
	}
	if s.endpointCA != "" {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		roots, err := readCA(s.endpointCA)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
		options.Transport = transport
	}
	client, err := minio.New(s.endpoint, options)
	if err != nil {
		return nil, err
	}
	isThere, err := client.BucketExists(context.Background(), s.bucket)
	if err != nil {
		return nil, fmt.Errorf("failed to check s3 bucket:%s, err:%w", s.bucket, err)
	}
	if !isThere {
		return nil, fmt.Errorf("bucket %s is not found", s.bucket)
	}
	return client, nil
}

// decoded is the key behind base64; one that is none is used as it is.
func decoded(key string) string {
	if plain, err := base64.StdEncoding.DecodeString(key); err == nil {
		return string(plain)
	}
	return key
}

func readCA(text string) (*x509.CertPool, error) {
	pem, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		if pem, err = os.ReadFile(text); err != nil {
			return nil, err
		}
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("s3-endpoint-ca is not a valid x509 certificate")
	}
	return roots, nil
}

// upload puts an archive into the bucket, unless the bucket has one of its name and keeps no versions.
func upload(s s3Options, name string) error {
	client, err := connect(s)
	if err != nil {
		return err
	}
	ctx, key := context.Background(), s.key(name+".zip")
	if found, _ := client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{}); found.Size != 0 {
		if versions, _ := client.GetBucketVersioning(ctx, s.bucket); !versions.Enabled() {
			log.Printf("Skipping upload to s3 because snapshot %s already exists and versioning is not enabled for the bucket", name)
			return nil
		}
	}
	file := filepath.Join(backupFolder, name+".zip")
	if _, err := client.FPutObject(ctx, s.bucket, key, file, minio.PutObjectOptions{ContentType: "application/zip"}); err != nil {
		return fmt.Errorf("failed to upload etcd snapshot file: %w", err)
	}
	log.Printf("Successfully uploaded [%s]", key)
	return nil
}

// downloadFromS3 takes a snapshot from the bucket, and unpacks it beside its archive.
func downloadFromS3(o options) error {
	if o.name == "" {
		return fmt.Errorf("empty backup name")
	}
	client, err := connect(o.s3)
	if err != nil {
		return err
	}
	key, err := find(client, o.s3, o.s3.key(o.name))
	if err != nil {
		return err
	}
	object, err := client.GetObject(context.Background(), o.s3.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return fmt.Errorf("Unable to download backup file for [%s]: %w", key, err)
	}
	defer object.Close()
	file := filepath.Join(backupFolder, path.Base(key))
	if err := write(file, io.Reader(object)); err != nil {
		return fmt.Errorf("Failed to copy retrieved object to local file [%s]: %w", file, err)
	}
	log.Printf("Successfully downloaded [%s]", key)
	if path.Ext(file) != ".zip" {
		return nil
	}
	raw := strings.TrimSuffix(file, ".zip")
	return unpack(file, raw, raw)
}

// find returns the object of a snapshot, with extension or without.
func find(client *minio.Client, s s3Options, name string) (string, error) {
	for object := range client.ListObjects(context.Background(), s.bucket, minio.ListObjectsOptions{Prefix: name}) {
		if object.Err != nil {
			return "", object.Err
		}
		bare := strings.TrimSuffix(object.Key, path.Ext(object.Key))
		if bare == name {
			return object.Key, nil
		}
		if plain, err := url.QueryUnescape(bare); err == nil && plain == name {
			return url.QueryUnescape(object.Key)
		}
	}
	return "", fmt.Errorf("failed to download s3 backup: no backups found")
}

// removeFromS3 deletes every object that begins with the name of the snapshot.
func removeFromS3(s s3Options, name string) error {
	client, err := connect(s)
	if err != nil {
		return err
	}
	return removeObjects(client, s, minio.ListObjectsOptions{Prefix: s.key(name)}, func(string) bool { return true })
}

// dropOldFromS3 deletes recurring snapshots from the bucket that were taken before a time.
func dropOldFromS3(s s3Options, before time.Time) error {
	client, err := connect(s)
	if err != nil {
		return err
	}
	listing := minio.ListObjectsOptions{Prefix: s.folder, Recursive: s.folder != ""}
	return removeObjects(client, s, listing, func(key string) bool {
		if !strings.HasSuffix(strings.TrimSuffix(key, ".zip"), "_etcd") {
			return false
		}
		taken, isRecurring := takenAt(strings.TrimPrefix(key, s.key("")))
		return isRecurring && taken.Before(before)
	})
}

func removeObjects(client *minio.Client, s s3Options, listing minio.ListObjectsOptions, isMeant func(key string) bool) error {
	ctx := context.Background()
	for object := range client.ListObjects(ctx, s.bucket, listing) {
		if object.Err != nil {
			return object.Err
		}
		if !isMeant(object.Key) {
			continue
		}
		if err := client.RemoveObject(ctx, s.bucket, object.Key, minio.RemoveObjectOptions{}); err != nil {
			return err
		}
		log.Printf("removed %s from the bucket", object.Key)
	}
	return nil
}
