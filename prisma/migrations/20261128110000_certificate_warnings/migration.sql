-- AlterTable
ALTER TABLE "Domain" ADD COLUMN     "lossToldAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "CertificateWarning" (
    "hostname" TEXT NOT NULL,
    "notAfter" TIMESTAMPTZ(3) NOT NULL,
    "stage" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CertificateWarning_pkey" PRIMARY KEY ("hostname","notAfter","stage")
);

-- AddForeignKey
ALTER TABLE "CertificateWarning" ADD CONSTRAINT "CertificateWarning_hostname_fkey" FOREIGN KEY ("hostname") REFERENCES "Certificate"("hostname") ON DELETE CASCADE ON UPDATE CASCADE;
