/** Where the blob store keeps an uploaded archive. */
export function uploadBlobKey(upload: { readonly organizationId: string; readonly id: string }): string {
  return `uploads/${upload.organizationId}/${upload.id}`;
}
