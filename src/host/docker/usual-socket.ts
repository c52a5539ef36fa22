/** Where Docker listens unless `docker_socket` says otherwise. */
export const usualSocket = '/var/run/docker.sock';
