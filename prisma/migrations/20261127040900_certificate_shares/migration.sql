-- AlterTable
ALTER TABLE "Certificate" ADD COLUMN "firstFor" UUID;

-- CreateTable
CREATE TABLE "AcmePause" (
    "directory" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AcmePause_pkey" PRIMARY KEY ("directory")
);

-- CreateTable
CREATE TABLE "CertificateOrders" (
    "organizationId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "orders" INTEGER NOT NULL,

    CONSTRAINT "CertificateOrders_pkey" PRIMARY KEY ("organizationId","day")
);
