-- AlterTable
ALTER TABLE "Route" ADD COLUMN     "redirects" JSONB NOT NULL DEFAULT '[]';
